/** One thing a caller wants to do: a request to a service asks for one or several. */
export interface Access {
  /** Service and action as policies name them: `dynamodb:GetItem`. */
  readonly action: string;
  /** ARN of what it is done to; `*` for an action without resource-level permission. */
  readonly resource: string;
  /** What conditions can ask about, by condition key. @default nothing */
  readonly context?: RequestContext;
}

/** Condition keys and their values; a key that may have several values has a list. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;
