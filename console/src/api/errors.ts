/** A call that the yard refused, or that did not reach it. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 where there was no answer. */
    readonly status: number,
    /** AWS's error code. */
    readonly code: string,
    message: string,
    readonly requestId?: string,
  ) {
    super(message || code);
    this.name = 'ApiError';
  }

  get isDenied(): boolean {
    return this.status === 403 || this.code === 'AccessDeniedException' || this.code === 'AccessDenied';
  }

  /** Whether what was asked for is not there, or not for whoever asks. */
  get isGone(): boolean {
    return this.isDenied || this.status === 404 || /NotFound|DoesNotExist|NoSuch/.test(this.code);
  }

  /** The message without what only `sts decode-authorization-message` can read. */
  get shown(): string {
    return this.message.replace(/\.? Encoded authorization failure message: \S+/, '.');
  }

  /** What `sts:DecodeAuthorizationMessage` takes, where the refusal brought it. */
  get encoded(): string | undefined {
    return /Encoded authorization failure message: (\S+)/.exec(this.message)?.[1];
  }

  /** What whoever sees it can do. */
  get advice(): string {
    if (this.status === 0) return 'Check that the yard is running (`codeyard status`), then try again.';
    if (this.isDenied) return 'Ask whoever manages IAM here for a policy that allows this action.';
    if (this.code.includes('Throttl')) return 'Wait a moment, then try again.';
    if (this.status >= 500 && this.status !== 501) return 'The log of the yard tells more under the request id.';
    return '';
  }
}
