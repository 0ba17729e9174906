/** A fenced block, with the comment above it that says where its text comes from. */
const BLOCK = /(?:^<!-- (?<kind>\w+): (?<source>.+) -->\n)?^```(?<language>\w*)\n(?<text>[\s\S]*?)^```$/gm;

/** What the pages use of HTML. */
const TAGS = new Set(['a', 'br', 'code', 'details', 'kbd', 'p', 'sub', 'summary', 'sup']);

/**
 * Makes something else of each fenced block of a page, and of the text between them.
 *
 * @param {string} markdown
 * @param {{ block: (block: { kind?: string, source?: string, language: string, text: string, all: string, line: number }) => string, text: (text: string, line: number) => string }} by
 */
export function replaceParts(markdown, by) {
  const out = [];
  let at = 0;
  const lineAt = (index) => markdown.slice(0, index).split('\n').length;
  for (const found of markdown.matchAll(BLOCK)) {
    out.push(by.text(markdown.slice(at, found.index), lineAt(at)));
    out.push(by.block({ ...found.groups, all: found[0], line: lineAt(found.index) }));
    at = found.index + found[0].length;
  }
  out.push(by.text(markdown.slice(at), lineAt(at)));
  return out.join('');
}

/** Makes something else of each link and picture of a text that has no fenced blocks. */
export function replaceLinks(text, replace) {
  return text.replaceAll(
    /`+[^`]*`+|(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g,
    (all, picture, label, href, index) => {
      if (href === undefined) return all;
      // A picture may be within a link.
      const inside = picture ? label : replaceLinks(label, replace);
      return replace({
        isPicture: picture === '!',
        label: inside,
        href,
        line: text.slice(0, index).split('\n').length,
      });
    },
  );
}

/** What looks like a tag and is none that the pages use: `<file>`, which a browser would not show. */
export function strayTags(text) {
  const prose = text.replaceAll(/`+[^`]*`+|<!--[\s\S]*?-->|<https?:[^>]*>/g, (hidden) =>
    hidden.replaceAll(/[^\n]/g, ' '),
  );
  return [...prose.matchAll(/(?<!\\)<\/?([a-z][\w-]*)[^>\n]*>/gi)]
    .filter(([, name]) => !TAGS.has(name.toLowerCase()))
    .map(({ 0: tag, index }) => ({ tag, line: prose.slice(0, index).split('\n').length }));
}

/** The anchor of a heading, by the rule of GitHub. */
export const slugOf = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

/** The headings of a page, as they are read. */
export function headingsOf(markdown) {
  const headings = [];
  replaceParts(markdown, {
    block: () => '',
    text(text) {
      for (const [, marks, title] of text.matchAll(/^(#{1,6}) (.+)$/gm))
        headings.push({ level: marks.length, title: plain(title) });
      return '';
    },
  });
  return headings;
}

/** The anchors of a page. */
export function anchorsOf(markdown) {
  const seen = new Map();
  return new Set(
    headingsOf(markdown).map(({ title }) => {
      const slug = slugOf(title);
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    }),
  );
}

const plain = (markdown) =>
  markdown
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/<\/?[a-z]+>/g, '')
    .replaceAll(/[`*]/g, '');
