import type { Authorization } from "./authorization.ts";
import { incompleteSignature, invalidSignature } from "./signature-error.ts";

const longestPresignedSeconds = 7 * 24 * 60 * 60;

/** ISO 8601 basic format in seconds, the one Signature Version 4 uses: `20260102T030405Z`. */
export const basicDate = (time: Date) => time.toISOString().replace(/[-:]|\.\d{3}/g, "");

/**
 * The moment a request was signed, in basic format. A client may send a Date header instead of X-Amz-Date.
 * @throws SignatureError when it is no date at all
 */
export function signingDate(date: string): string {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  const [, year, month, day, hour, minute, second] = basic ?? [];
  const time = new Date(basic ? `${year}-${month}-${day}T${hour}:${minute}:${second}Z` : httpDate(date));
  const text = Number.isNaN(time.getTime()) ? undefined : basicDate(time);
  if (text === undefined || (basic && text !== date)) {
    throw incompleteSignature(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  return text;
}

/** The form of an HTTP Date header only: Date.parse alone would take much more. */
const httpDate = (date: string) => (/^[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(date) ? date : NaN);

/**
 * A signature is good while the clocks of client and service differ by no more than is allowed; a presigned one for as
 * long as it says, at most seven days.
 * @param signedAt basic format
 * @throws SignatureError when it is too old, or made in the future
 */
export function checkValidityPeriod(
  signedAt: string,
  { expiresSeconds }: Pick<Authorization, "expiresSeconds">,
  { allowedSkewSeconds, now }: { readonly allowedSkewSeconds: number; readonly now: Date },
) {
  const skewWords = `${allowedSkewSeconds / 60} min.`;
  const shifted = (seconds: number) => basicDate(new Date(now.getTime() + seconds * 1000));
  if (expiresSeconds !== undefined && !isValidLifetime(expiresSeconds)) {
    throw incompleteSignature(`X-Amz-Expires must be between 1 and ${longestPresignedSeconds} seconds.`);
  }
  const [lifetime, words] =
    expiresSeconds === undefined ? [allowedSkewSeconds, skewWords] : [Number(expiresSeconds), `${expiresSeconds} sec.`];
  // The basic format sorts as text the way the moments do.
  const earliest = shifted(-lifetime);
  if (signedAt < earliest) {
    throw invalidSignature(`Signature expired: ${signedAt} is now earlier than ${earliest} (${shifted(0)} - ${words})`);
  }
  const latest = shifted(allowedSkewSeconds);
  if (signedAt > latest) {
    throw invalidSignature(
      `Signature not yet current: ${signedAt} is still later than ${latest} (${shifted(0)} + ${skewWords})`,
    );
  }
}

const isValidLifetime = (seconds: string) =>
  /^\d{1,6}$/.test(seconds) && Number(seconds) >= 1 && Number(seconds) <= longestPresignedSeconds;
