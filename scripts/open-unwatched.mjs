/**
 * Opens an empty page that playwright does not watch, for what is measured. Of a page that it does watch, Chromium
 * tells every frame of a socket to the process of the test, which can cost more than what the page does with it.
 *
 * @param {import('playwright').Browser} browser
 */
export async function openUnwatched(browser) {
  const chromium = await browser.newBrowserCDPSession()
  const { targetId } = await chromium.send('Target.createTarget', {
    url: 'about:blank',
    width: 1280,
    height: 900,
  })
  const { sessionId } = await chromium.send('Target.attachToTarget', { targetId })
  /** @type {Map<number, (answer: any) => void>} */
  const waiting = new Map()
  let sent = 0
  chromium.on('Target.receivedMessageFromTarget', ({ message }) => {
    const answer = JSON.parse(message)
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })

  /** A command of Chromium's protocol. @param {string} method */
  const send = async (method, params = {}) => {
    const id = sent++
    const answered = new Promise((resolve) => waiting.set(id, resolve))
    await chromium.send('Target.sendMessageToTarget', {
      sessionId,
      message: JSON.stringify({ id, method, params }),
    })
    const { result, error } = await answered
    if (error) throw new Error(`${method}: ${error.message}`)
    return result
  }

  await send('Page.enable')
  return {
    send,
    /** Runs in the page before everything else. @param {() => void} run */
    before: (run) => send('Page.addScriptToEvaluateOnNewDocument', { source: `(${run})()` }),
    /** @param {string} url */
    open: (url) => send('Page.navigate', { url }),
    /**
     * @template Arg, Result
     * @param {(arg: Arg) => Result | Promise<Result>} run
     * @param {Arg} [arg]
     * @returns {Promise<Result>}
     */
    async evaluate(run, arg) {
      const { result, exceptionDetails } = await send('Runtime.evaluate', {
        expression: `(${run})(${JSON.stringify(arg)})`,
        awaitPromise: true,
        returnByValue: true,
      })
      if (exceptionDetails) throw new Error(exceptionDetails.exception.description)
      return result.value
    },
    async close() {
      await chromium.send('Target.closeTarget', { targetId })
      await chromium.detach()
    },
  }
}
