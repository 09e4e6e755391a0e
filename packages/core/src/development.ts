declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** True while developing: bundlers replace the test, and a page without a bundler counts as production. */
export const isDevelopment: boolean = typeof process !== 'undefined' && process.env.NODE_ENV !== 'production'
