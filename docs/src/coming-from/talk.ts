/** What a server says to a text; what it throws ends the call. */
export type Answer = (text: string) => string;

/** Takes a reply, and says whether to go on. */
export type Hear = (reply: string) => Promise<boolean>;
