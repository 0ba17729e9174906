import type { ResponseGetDataPackageStream } from 'datahub-proto';

/** A package as subscribers get it. */
export type DataPackage = ResponseGetDataPackageStream;

/** A package, beside its text, costs about so many bytes of memory. */
const ENTRY_BYTES = 512;

/** About how many bytes of memory a package takes. */
export function bytesOf(dataPackage: DataPackage): number {
  return ENTRY_BYTES + dataPackage.getTagname().length + dataPackage.getTagvalue().length;
}
