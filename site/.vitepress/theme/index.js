import DefaultTheme from 'vitepress/theme';
import './style.css';
import '../../pages/pictures.css';

// biome-ignore lint/style/noDefaultExport: VitePress asks for it.
export default DefaultTheme;
