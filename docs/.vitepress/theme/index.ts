/// <reference types="vite/client" />
// This one of VitePress's themes brings no font: the reader's own are used.
import theme from 'vitepress/theme-without-fonts'
import './code.css'
import './contrast.css'
import './home.css'
import './tables.css'

export default theme
