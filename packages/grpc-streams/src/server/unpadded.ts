import { Metadata } from '@grpc/grpc-js';

/**
 * Metadata that goes out as gRPC wants it: "implementations … should emit un-padded values"
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). grpc-js pads binary values with `=`.
 *
 * @returns the metadata itself where it has no binary values
 */
export function unpadded(metadata: Metadata): Metadata {
  if (!Object.keys(metadata.toJSON()).some((name) => name.endsWith('-bin'))) return metadata;
  const copy = new UnpaddedMetadata(metadata.getOptions());
  copy.merge(metadata);
  return copy;
}

class UnpaddedMetadata extends Metadata {
  override clone(): Metadata {
    return unpadded(super.clone());
  }

  override toHttp2Headers(): ReturnType<Metadata['toHttp2Headers']> {
    const headers = super.toHttp2Headers();
    for (const [name, value] of Object.entries(headers)) {
      if (!name.endsWith('-bin')) continue;
      headers[name] = Array.isArray(value) ? value.map(withoutPadding) : withoutPadding(String(value));
    }
    return headers;
  }
}

const withoutPadding = (value: string) => value.replace(/=+$/, '');
