import DefaultTheme from 'vitepress/theme';
import './style.css';
import '../../.build/pictures.css';

// biome-ignore lint/style/noDefaultExport: VitePress asks for it.
export default DefaultTheme;
