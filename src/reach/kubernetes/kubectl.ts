import type { KubernetesApi } from '../../model/contracts/world.ts';

/** How a person says `kubectl` to reach the cluster that we reach: with our kubeconfig, context and namespace. */
export function kubectl(api: KubernetesApi, namespace?: string): string {
  const { kubeconfig, context } = api.about;
  return [
    'kubectl',
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', quoted(kubeconfig)]),
    ...(context === '' ? [] : ['--context', quoted(context)]),
    ...(namespace === undefined ? [] : ['-n', namespace]),
  ].join(' ');
}

/** As a shell takes it as one word. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
