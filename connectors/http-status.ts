/** The statuses that vendors answer with and that mean more than their class (RFC 9110). */
export const httpStatus = {
  firstSuccess: 200,
  firstRedirect: 300,
  firstClientError: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  requestTimeout: 408,
  /** Telegram's FLOOD; not in the RFC. */
  flood: 420,
  tooManyRequests: 429,
  firstServerError: 500,
  serviceUnavailable: 503,
} as const;
