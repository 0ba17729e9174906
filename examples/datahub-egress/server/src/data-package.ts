import type { MessageKind } from '@grpc-by-example/broker';
import { ResponseGetDataPackageStream } from 'datahub-proto';

/** A package as subscribers get it. */
export type DataPackage = ResponseGetDataPackageStream;

/** A package, beside its text, costs about so many bytes of memory. */
const ENTRY_BYTES = 512;

/** About how many bytes of memory a package takes. */
export function bytesOf(dataPackage: DataPackage): number {
  return ENTRY_BYTES + dataPackage.getTagname().length + dataPackage.getTagvalue().length;
}

/** Packages as a broker needs to know them: it keeps the bytes that subscribers get, but for the position. */
export const dataPackages: MessageKind<DataPackage> = {
  topicOf: (dataPackage) => dataPackage.getTagname(),
  encode: (dataPackage) => dataPackage.serializeBinary(),
  decode: (bytes, position) => ResponseGetDataPackageStream.deserializeBinary(bytes).setPosition(position),
  bytesOf,
};
