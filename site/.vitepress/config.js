import { dirname, join } from 'node:path';
import { defineConfig } from 'vitepress';
import { courseOf } from '../src/course.js';
import { headingsOf, slugOf } from '../src/markdown.js';
import { REFERENCE } from '../src/reference.js';
import { addressOf, Repository } from '../src/repository.js';
import { sitePath } from '../src/stage.js';

const repository = new Repository(dirname(dirname(import.meta.dirname)));
const course = courseOf(repository);

/** Two messages, one each way. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 5h12M10 2l3 3-3 3" fill="none" stroke="#0058a8" stroke-width="2"/><path d="M15 11H3M6 8l-3 3 3 3" fill="none" stroke="#a03b00" stroke-width="2"/></svg>';

const titleOf = (page) => headingsOf(repository.read(page))[0].title;
const linkOf = (path) => `/${path.replace(/(?:index)?\.md$/, '')}`;

// biome-ignore lint/style/noDefaultExport: VitePress asks for it.
export default defineConfig({
  lang: 'en',
  title: 'gRPC streaming by example',
  description: 'Six systems that run, in TypeScript on grpc-js',
  base: process.env.SITE_BASE || '/',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  srcDir: '.build',
  outDir: process.env.SITE_OUT || join(import.meta.dirname, '../dist'),
  // Any file server has the pages by these names.
  cleanUrls: false,
  lastUpdated: false,
  markdown: {
    anchor: { slugify: slugOf },
    languageAlias: { haproxy: 'nginx' },
    // Both have the contrast that a small text needs.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    siteTitle: 'gRPC streaming',
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Course', link: '/docs/primer' },
      { text: 'Reference', link: linkOf(REFERENCE[0].page) },
      { text: 'Source', link: addressOf('', { isFolder: true }) },
    ],
    // Previous and next follow this order.
    sidebar: [
      ...course.map(({ title, pages }) => ({
        text: title,
        items: pages.map((page) => ({ text: titleOf(page), link: linkOf(sitePath(page)) })),
      })),
      { text: 'Reference', items: REFERENCE.map(({ entry, page }) => ({ text: entry, link: linkOf(page) })) },
    ],
  },
});
