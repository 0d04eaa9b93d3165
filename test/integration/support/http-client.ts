/** An answer of the gateway, read to its end. */
type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
};

/** What a client of the gateway can do; every call carries the API key. */
export type HttpClient = {
  get(path: string): Promise<Answer>;
  post(path: string, body: object, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body: object): Promise<Answer>;
};

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as Answer['body'];
  return { status: response.status, headers: response.headers, body };
}

/** Talks to a gateway over the wire, as curl would. */
export function httpClient(address: string, secret: string): HttpClient {
  const authorization = `Bearer ${secret}`;
  const send =
    (method: string) =>
    async (path: string, body: object, headers: Record<string, string> = {}) =>
      answerOf(
        await fetch(address + path, {
          method,
          headers: { authorization, 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        }),
      );
  return {
    get: async (path) => answerOf(await fetch(address + path, { headers: { authorization } })),
    post: send('POST'),
    put: send('PUT'),
  };
}
