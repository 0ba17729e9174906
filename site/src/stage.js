import { posix } from 'node:path';
import { TABS } from './course.js';
import { anchorsOf, headingsOf, replaceLinks, replaceParts, strayTags } from './markdown.js';
import { Pictures } from './pictures.js';
import { addressOf } from './repository.js';
import { partOf } from './source.js';

/** Makes pages of a site of the pages of the repository, which stay as they are: one text, two places. */
export class Stage {
  /** What is wrong with the pages: a sentence each. */
  faults = [];
  pictures = new Pictures();
  /** The blocks that show a part of a file, all of which tests compare with it. */
  blocks = [];
  #repository;
  #pages;
  #tabs;

  /**
   * @param {import('./repository.js').Repository} repository
   * @param {string[]} pages
   */
  constructor(repository, pages, tabs = TABS) {
    this.#repository = repository;
    this.#pages = new Map(pages.map((page) => [page, anchorsOf(repository.read(page))]));
    this.#tabs = tabs;
  }

  /** The text of a page of the site. */
  page(path) {
    const markdown = this.#repository.read(path);
    const [first, ...others] = headingsOf(markdown);
    if (first?.level !== 1) this.#fault(path, 1, 'the first heading is not the title');
    let last = 1;
    for (const { level, title } of others) {
      if (level === 1 || level > last + 1) this.#fault(path, 1, `"${title}" is ${level} levels deep, after ${last}`);
      last = level;
    }
    return replaceParts(markdown, {
      block: (block) => this.#block(path, block),
      text: (text, line) => {
        for (const stray of strayTags(text)) this.#fault(path, line + stray.line - 1, `a stray tag, ${stray.tag}`);
        return replaceLinks(text, (link) => this.#link(path, line + link.line - 1, link));
      },
    });
  }

  #fault(path, line, text) {
    this.faults.push(`${path}:${line}: ${text}`);
  }

  #block(path, { kind, source, language, text, all, line }) {
    if (language === 'mermaid') return `\n${this.pictures.ofMermaid(text, source ?? '')}\n`;
    if (kind !== 'file') return all;
    const ours = this.#part(path, line, source, posix.dirname(path));
    if (!ours) return all;
    if (ours.text.trimEnd() !== text.trimEnd()) this.#fault(path, line, `the block is not what ${source} is`);
    this.blocks.push({ page: path, text, ...ours });
    const others = (this.#tabs[ours.name] ?? []).flatMap(({ title, path: file, region }) => {
      const part = this.#part(path, line, region ? `${file}#${region}` : file, '.');
      return part ? [{ ...part, title, language: languageOf(file) }] : [];
    });
    if (others.length === 0) return `${fence(language, text)}\n${sources([ours])}`;
    const tabs = [{ ...ours, title: 'grpc-streams', language }, ...others];
    const fences = tabs.map((tab) => fence(`${tab.language} [${tab.title}]`, tab.text));
    return `::: code-group\n${fences.join('\n\n')}\n:::\n${sources(tabs)}`;
  }

  /** A part of a file, by the words of a block. */
  #part(page, line, source, folder) {
    const [file, region] = source.split('#');
    const path = posix.join(folder, file);
    const part = this.#repository.isFile(path) && partOf(this.#repository.read(path), region, path.endsWith('.proto'));
    if (part) return { ...part, path, name: region ? `${path}#${region}` : path };
    this.#fault(page, line, `there is no ${source}`);
    return undefined;
  }

  #link(path, line, { isPicture, label, href }) {
    const same = `${isPicture ? '!' : ''}[${label}](${href})`;
    if (/^[a-z]+:/.test(href)) return same;
    const [to, anchor] = href.split('#');
    const target =
      to === '' ? path : posix.normalize(posix.join(posix.dirname(path), decodeURI(to))).replace(/\/$/, '');
    if (isPicture && target.endsWith('.svg') && this.#repository.isFile(target)) {
      if (!label) this.#fault(path, line, `${href} has no text alternative`);
      return this.pictures.ofFile(this.#repository.read(target), label);
    }
    const page = [target, posix.join(target, 'README.md')].find((candidate) => this.#pages.has(candidate));
    if (page) {
      if (anchor && !this.#pages.get(page).has(anchor)) this.#fault(path, line, `${page} has no heading #${anchor}`);
      return `[${label}](/${sitePath(page)}${anchor ? `#${anchor}` : ''})`;
    }
    const isFolder = this.#repository.isFolder(target);
    if (!isFolder && !this.#repository.isFile(target)) {
      this.#fault(path, line, `${href} leads nowhere`);
      return same;
    }
    const readme = posix.join(target, 'README.md');
    const shown =
      isFolder && this.#repository.isFile(readme) ? addressOf(readme) : addressOf(target, { isFolder, lines: anchor });
    return `[${label}](${shown})`;
  }
}

/** Of a page, its file below the folder that VitePress reads. */
export const sitePath = (page) => page.replace(/README\.md$/, 'index.md');

function fence(info, text) {
  return `\`\`\`${info}\n${text.trimEnd()}\n\`\`\``;
}

function sources(parts) {
  const links = parts.map(({ path, lines, title }) => {
    const name = title && parts.length > 1 ? `${title}: ` : '';
    return `${name}<a href="${addressOf(path, { lines })}">${path}</a>`;
  });
  return `<p class="source">${links.join('<br>')}</p>\n`;
}

const languageOf = (file) => ({ rs: 'rust', py: 'python', ts: 'ts' })[file.split('.').at(-1)] ?? '';
