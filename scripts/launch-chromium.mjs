import { chromium } from 'playwright'
import { findProgram } from './programs.mjs'

/** The Chromium of this machine, without a window; where there is none, the one that playwright has installed. */
export function launchChromium() {
  const executablePath = findProgram('chromium')
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}
