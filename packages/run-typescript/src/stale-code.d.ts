export function contractDigest(protoText: string): string;
export function staleCode(files: readonly string[]): string[];
