/** A running event source mapping: reads a source and invokes a function with batches of its records. */
export interface EventSourceMapping {
  /** Stops reading and waits at most two seconds for running batches; what is not finished comes again. */
  stop(): Promise<void>;
}
