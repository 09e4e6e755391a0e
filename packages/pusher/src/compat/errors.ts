/** A client event without its prefix. */
export class BadEventName extends Error {}

/** A name that no channel may have. */
export class BadChannelName extends Error {}

/** What this client, or this kind of channel, cannot do. */
export class UnsupportedFeature extends Error {}
