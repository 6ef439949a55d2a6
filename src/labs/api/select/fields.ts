import { ok } from '../../../model/result.ts';
import type { KubeObject } from '../objects.ts';
import { isMeasured, type Resource } from '../resources.ts';
import { type Outcome, refuse } from '../status.ts';
import { dig } from '../values.ts';

type Test = (object: KubeObject) => boolean;

const COMMON = ['metadata.name', 'metadata.namespace'];

/** What each kind lets a field selector look at, as in the real API. */
const FIELDS: Record<string, string[]> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
  replicasets: ['status.replicas'],
};

const fieldsOf = (resource: Resource): string[] =>
  isMeasured(resource) ? [] : (FIELDS[resource.plural] ?? []);

/** Reads a field selector (`a=b`, `a==b`, `a!=b`, comma separated) into a test; a 400 for fields not served. */
export function fieldSelector(resource: Resource, text: string): Outcome<Test> {
  const tests: Test[] = [];
  for (const part of text.split(/(?<!\\),/).filter((one) => one.trim() !== '')) {
    const found = /^\s*([^=!]+?)\s*(==|!=|=)(.*)$/s.exec(part);
    if (found === null) return refuse(400, `invalid field selector: "${part}"; can't understand "${part}"`);
    const [, path = '', operator, raw = ''] = found;
    if (!COMMON.includes(path) && !fieldsOf(resource).includes(path))
      return refuse(400, notServed(resource, text, path));
    const value = raw.replace(/\\([\\,=])/g, '$1');
    tests.push((object) => (fieldText(object, path) === value) === (operator !== '!='));
  }
  return ok((object) => tests.every((test) => test(object)));
}

function notServed(resource: Resource, text: string, path: string): string {
  const what = `${resource.group}/${resource.version}, Resource=${resource.plural}`;
  return `Unable to find "${what}" that match label selector "", field selector "${text}": field label not supported: ${path}`;
}

/** A field that is not set counts as empty, or as `false` where it is a flag. */
function fieldText(object: KubeObject, path: string): string {
  const at = path === 'source' ? ['source', 'component'] : path.split('.');
  const value = dig(object, ...at);
  if (value !== undefined && value !== null) return String(value);
  return path === 'spec.unschedulable' || path === 'spec.hostNetwork' ? 'false' : '';
}
