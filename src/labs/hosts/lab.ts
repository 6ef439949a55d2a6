import { defineLab } from '../lifecycle.ts';

/** Real Debian machines in QEMU, joined by a wire and reached over ssh. */
export const hosts = defineLab({
  name: 'hosts',
  summary:
    'two Debian machines in QEMU, joined by a wire, reached over ssh; needs qemu-system-x86 (docs/lab.md)',
  port: 30_022,
  variables: { machines: ['COUNT'] },
  hosts: ['vm1', 'vm2'],
  // The first time it builds an image: half a minute on an idle machine, many times that on a busy one.
  upWithinMs: 900_000,
  prepare: async (directory, making) => {
    const { ensureImage, imagesFolder } = await import('./image.ts');
    return ensureImage(imagesFolder(directory), making);
  },
});
