export type Undo = () => void

/**
 * Puts a function around a method of an object of somebody else, and puts the method back when undone. Where
 * somebody else has wrapped it since, ours stays underneath and does nothing any more.
 */
export function wrap<K extends string, A extends unknown[], R>(
  target: { [Name in K]: (...values: A) => R },
  name: K,
  around: (method: (...values: A) => R, ...values: A) => R,
): Undo {
  const own = Object.getOwnPropertyDescriptor(target, name)
  const method = target[name]
  let isOn = true
  const wrapped = (...values: A): R => {
    const call = (...given: A): R => method.apply(target, given)
    return isOn ? around(call, ...values) : call(...values)
  }
  target[name] = wrapped
  return () => {
    isOn = false
    if (target[name] !== wrapped) return
    if (own) Object.defineProperty(target, name, own)
    else Reflect.deleteProperty(target, name)
  }
}
