import { chartsOf } from './charts/all.ts';
import type { Report, Section } from './document/blocks.ts';
import type { ReportInput } from './input.ts';
import { isWritten, learntTemplate } from './learnt.ts';
import { againSection } from './sections/again.ts';
import { alertSection } from './sections/alert.ts';
import { causesSection } from './sections/causes.ts';
import { dataSection } from './sections/data.ts';
import { detectionSection, monitoringSection } from './sections/detection.ts';
import { doneSection } from './sections/done.ts';
import { expectedSection, scoredSection } from './sections/expected.ts';
import { happenedSection } from './sections/happened.ts';
import { observerSection } from './sections/observer.ts';
import { recoverySection } from './sections/recovery.ts';
import { sloSection } from './sections/slo.ts';
import { statesSection } from './sections/states.ts';
import { answersOf, factsOf, headOf } from './sections/verdict.ts';
import { breaksNothing, viewOf } from './view.ts';
import { onlyMeasured } from './words/loads.ts';

const learntSection: Section = { id: 'learnt', title: 'What we learnt', blocks: [{ is: 'learnt' }] };

/** The postmortem as a document, in the order in which it is read (design, section 8). */
export function compose(input: ReportInput): Report {
  const view = viewOf(input);
  const charts = chartsOf(view);
  const sections = [
    doneSection(view),
    onlyMeasured(view.result) ? undefined : expectedSection(view),
    happenedSection(view, charts),
    onlyMeasured(view.result) ? undefined : scoredSection(view),
    sloSection(view),
    breaksNothing(view) ? undefined : detectionSection(view),
    alertSection(view),
    breaksNothing(view) ? undefined : recoverySection(view),
    dataSection(view),
    breaksNothing(view) ? undefined : monitoringSection(view),
    breaksNothing(view) ? undefined : causesSection(view),
    statesSection(view),
    observerSection(view, charts.observer),
    learntSection,
    againSection(view),
  ];
  return {
    head: headOf(view),
    top: [factsOf(view), answersOf(view)],
    sections: sections.filter((section) => section !== undefined),
    learnt: isWritten(input.learnt) ? input.learnt : learntTemplate,
    foot: `Written by aftershock ${input.version} from the recording alone. Recorded with ${input.timeline.version}.`,
  };
}
