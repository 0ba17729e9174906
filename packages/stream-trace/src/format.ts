/** `820 B`, `16 KiB`, `1.5 MiB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  return bytes < 2 ** 20 ? `${rounded(bytes / 1_024)} KiB` : `${rounded(bytes / 2 ** 20)} MiB`;
}

const rounded = (value: number) => (value < 10 ? Number(value.toFixed(1)) : Math.round(value));

/** `12.3 ms`, `1.25 s` */
export function formatMs(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

/** `1,024` */
export const formatCount = (count: number): string => count.toLocaleString('en');

/** So many letters of a text, the last of them an ellipsis if there are more. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.max(1, length - 1))}…` : text;
}

/** The same, but the letters that are left out are in the middle: of a message, the end says as much as the beginning. */
export function cutInside(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.floor(length / 2) - 1;
  return `${text.slice(0, Math.max(1, length - end - 1))}…${end > 0 ? text.slice(-end) : ''}`;
}
