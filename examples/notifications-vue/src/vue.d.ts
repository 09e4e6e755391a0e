/** For tools that cannot read components of one file; `vue-tsc` can, and checks them. */
declare module '*.vue' {
  const component: import('vue').Component
  export default component
}
