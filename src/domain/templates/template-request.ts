/** Which template is sent, as a caller tells it: by one of the two. */
export type TemplateRequest = {
  /** The template's id: the whole number on its page at Qiscus, such as 172. */
  templateDetailId?: number;
  /**
   * The template's name instead of its id, such as `reminder`, or `reminder:id` if it has several languages. It gives everything that
   * individual delivery needs. What doesn't fit it is refused before anything is enqueued, and so is one that isn't approved.
   */
  template?: string;
};
