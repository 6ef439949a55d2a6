import type { LabSettings } from '../../model/experiment.ts';
import type { Deployment, EnvVar } from '../cluster/shapes.ts';
import type { Placed } from './objects.ts';

/** The same manifest, with its deployments' environment as the settings say. */
export const withSettings = (manifest: readonly Placed[], settings: LabSettings): Placed[] =>
  manifest.map((placed) => {
    const set = settings[placed.object.metadata.name];
    return placed.resource === 'deployments' && set !== undefined
      ? { ...placed, object: changed(placed.object as Deployment, set) }
      : placed;
  });

function changed(deployment: Deployment, set: Readonly<Record<string, string>>): Deployment {
  const { spec } = deployment;
  const pod = spec.template.spec;
  const containers = pod.containers.map((one) => ({ ...one, env: merged(one.env ?? [], set) }));
  return { ...deployment, spec: { ...spec, template: { ...spec.template, spec: { ...pod, containers } } } };
}

const merged = (env: readonly EnvVar[], set: Readonly<Record<string, string>>): EnvVar[] => [
  ...env.filter(({ name }) => set[name] === undefined),
  ...Object.entries(set).map(([name, value]) => ({ name, value })),
];
