/**
 * The texts of a page whose contrast with what is behind them is below the least that is allowed, by the formula of WCAG.
 *
 * @param {import('playwright-core').Page} page
 * @param {number} least
 */
export function contrasts(page, least) {
  return page.evaluate((least) => {
    const channels = (color) => {
      const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
      return color.startsWith('color(srgb') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
    };
    const luminance = (color) => {
      const [r, g, b] = color.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    /** What is seen of a colour that may let through some of what is behind it. */
    const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
    const behind = (element) => {
      if (!element) return [255, 255, 255];
      const color = channels(getComputedStyle(element).backgroundColor);
      return color[3] === 1 ? color : over(color, behind(element.parentElement));
    };
    const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    return [...document.body.querySelectorAll('*')]
      .filter((element) => hasText(element) && element.checkVisibility() && element.tagName !== 'OPTION')
      .flatMap((element) => {
        const style = getComputedStyle(element);
        const background = behind(element);
        const color = channels(element.closest('svg') ? style.fill : style.color);
        const [a, b] = [luminance(over(color, background)), luminance(background)];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        return ratio < least ? [`${element.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`] : [];
      });
  }, least);
}
