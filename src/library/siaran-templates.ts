import type { Context } from '../context.js';
import type { Template } from '../domain/templates/template.js';
import { audited } from '../pipeline/audited.js';
import { addTemplate, type NewTemplate } from '../pipeline/templates/add-template.js';
import { listTemplates, type TemplateQuery } from '../pipeline/templates/list-templates.js';
import { type TestSendRequest, type TestSent, testSend } from '../pipeline/test-sends/test-send.js';
import { type Preview, type PreviewRequest, preview } from '../pipeline/views/preview.js';

/** The calls of `Siaran` that are about templates. */
export abstract class TemplateCalls {
  /** @internal */
  protected readonly ctx: Context;

  /** @internal */
  protected constructor(ctx: Context) {
    this.ctx = ctx;
  }

  /**
   * The templates of every account, as Qiscus told them last. Workers ask it every hour, and this call with `refresh`; when it doesn't
   * answer, what is kept is told. @throws {UsageError} when there is no such account.
   */
  async templates(query?: TemplateQuery): Promise<Template[]> {
    const { templates, faults } = await listTemplates(this.ctx, query);
    for (const fault of faults) this.ctx.logger.warn(fault);
    return templates;
  }

  /** A recipient's message as it will be seen. Nothing is sent. @throws {UsageError} that says why it can't be sent to. */
  preview(request: PreviewRequest): Promise<Preview> {
    return preview(this.ctx, request);
  }

  /**
   * Sends a template to oneself, as a run of its own, and waits up to `wait` for what comes of it.
   * @throws {UsageError} that says why it can't be sent.
   */
  testSend(request: TestSendRequest): Promise<TestSent> {
    const act = {
      action: 'test send',
      target: String(request.template),
      numbers: request.phoneNumbers ?? this.ctx.config.testNumbers,
    } as const;
    return audited(this.ctx, act, () => testSend(this.ctx, request));
  }

  /** Keeps a template that Qiscus's list doesn't tell, in the place of what was added under its id. @throws {UsageError} naming each fault. */
  addTemplate(template: NewTemplate): Promise<Template> {
    return audited(this.ctx, { action: 'template add', target: String(template.name) }, () =>
      addTemplate(this.ctx, template),
    );
  }
}
