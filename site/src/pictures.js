import { createHash } from 'node:crypto';
import { renderMermaidSVG } from 'beautiful-mermaid';

/**
 * Pictures as part of their pages, so that the switch of the site between light and dark is theirs too.
 *
 * The pages have them as files, or as text for Mermaid, which is drawn here and not in the browser.
 */
export class Pictures {
  #styles = new Map();

  /** What all the pictures are styled by. */
  get css() {
    return [...this.#styles.values()].join('\n');
  }

  /**
   * @param {string} svg a file
   * @param {string} alternative what a screen reader says of it
   */
  ofFile(svg, alternative) {
    const style = svg.match(/<style>([\s\S]*?)<\/style>/)?.[1] ?? '';
    return this.#figure(svg, style, alternative);
  }

  /** @param {string} text for Mermaid */
  ofMermaid(text, name) {
    const said = (what) => text.match(new RegExp(`^ *${what}: (.+)$`, 'm'))?.[1];
    const alternative = [said('accTitle') ?? `Diagram: ${name}`, said('accDescr') ?? stepsOf(text)].join('. ');
    const svg = renderMermaidSVG(text.replaceAll(/^ *acc\w+:.*\n/gm, ''), {
      bg: 'var(--vp-c-bg)',
      fg: 'var(--vp-c-text-1)',
      muted: 'var(--vp-c-text-1)',
      line: 'var(--vp-c-text-2)',
      font: 'system-ui',
    });
    const style = svg.match(/<style>([\s\S]*?)<\/style>/)?.[1].replaceAll(/@import .*/g, '') ?? '';
    return this.#figure(svg, style, alternative);
  }

  #figure(svg, style, alternative) {
    const name = `picture-${createHash('sha256').update(style).digest('hex').slice(0, 8)}`;
    if (!this.#styles.has(name)) this.#styles.set(name, within(`.${name}`, style));
    const [width = '720'] = /viewBox="0 0 ([\d.]+)/.exec(svg)?.slice(1) ?? [];
    const drawn = svg
      .slice(svg.indexOf('<svg'))
      .replace(/<(style|metadata|desc|title)[^>]*>[\s\S]*?<\/\1>/g, '')
      .replaceAll(/<(style|metadata|desc|title)[^>]*>[\s\S]*?<\/\1>/g, '')
      .replace(/^<svg[^>]*>/, (open) => {
        const kept = open.replaceAll(/ (?:role|aria-[a-z]+|width|height)="[^"]*"/g, '').slice(0, -1);
        return `${kept} role="img" aria-label="${escaped(alternative)}" width="${Math.ceil(Number(width))}">`;
      })
      .replaceAll(/\s*\n\s*/g, ' ');
    return `<figure class="picture ${name}" v-pre tabindex="0">${drawn}</figure>`;
  }
}

/** A style sheet for what is within an element; what it says for dark goes by the switch of the site. */
function within(selector, style) {
  const outside = [];
  const inside = style
    .replaceAll(/@keyframes [^{]+\{(?:[^{}]*\{[^}]*\})*[^}]*\}/g, (all) => {
      outside.push(all);
      return '';
    })
    .replaceAll(/@media ?\(prefers-color-scheme: ?dark\) ?\{((?:[^{}]*\{[^}]*\})*)[^}]*\}/g, (_, dark) => {
      outside.push(`.dark ${selector} {${dark}}`);
      return '';
    });
  return [`${selector} {${inside}}`, ...outside].join('\n');
}

/** What a diagram shows, as sentences. */
const stepsOf = (text) =>
  [...text.matchAll(/^ *(\S+) (?:-?->>|-->) (.+?): (.+)$|^ *(\S+?)-?->>(\S+?): (.+)$/gm)]
    .map(([, a, b, what, from, to, message]) => (message ? `${from} to ${to}: ${message}` : `${a} to ${b}: ${what}`))
    .join('; ');

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
