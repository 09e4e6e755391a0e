// This one of VitePress's themes brings no font: the reader's own are used.
import theme from 'vitepress/theme-without-fonts'

export default theme
