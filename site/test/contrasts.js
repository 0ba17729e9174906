/**
 * The texts of a page whose contrast with what is behind them is below the least that is allowed, by the formula of WCAG.
 *
 * @param {import('playwright-core').Page} page
 * @param {number} least
 */
export function contrasts(page, least) {
  return page.evaluate((least) => {
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const luminance = (color) => {
      const [r, g, b] = channels(color).map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if ((channels(backgroundColor)[3] ?? 1) > 0) return backgroundColor;
      }
      return 'rgb(255, 255, 255)';
    };
    const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    return [...document.body.querySelectorAll('*')]
      .filter((element) => hasText(element) && element.checkVisibility() && element.tagName !== 'OPTION')
      .flatMap((element) => {
        const style = getComputedStyle(element);
        const [a, b] = [luminance(element.closest('svg') ? style.fill : style.color), luminance(behind(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        return ratio < least ? [`${element.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`] : [];
      });
  }, least);
}
