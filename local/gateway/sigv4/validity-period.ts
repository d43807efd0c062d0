import { incompleteSignature, invalidSignature } from "../refusal.ts";
import type { Authorization } from "./authorization.ts";

const allowedSkewSeconds = 5 * 60;
const longestPresignedSeconds = 7 * 24 * 60 * 60;

/** ISO 8601 basic format in seconds, the one Signature Version 4 uses: `20260102T030405Z`. */
export const basicDate = (time: Date) => time.toISOString().replace(/[-:]|\.\d{3}/g, "");

/**
 * The moment a request was signed, in basic format. A client may send a Date header instead of X-Amz-Date.
 * @throws Refusal when it is no date at all
 */
export function signingDate(date: string): string {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  const [, year, month, day, hour, minute, second] = basic ?? [];
  const time = new Date(basic ? `${year}-${month}-${day}T${hour}:${minute}:${second}Z` : httpDate(date));
  if (Number.isNaN(time.getTime()) || (basic && basicDate(time) !== date)) {
    throw incompleteSignature(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  return basicDate(time);
}

/** The form of an HTTP Date header only: Date.parse alone would take much more. */
const httpDate = (date: string) => (/^[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(date) ? date : NaN);

/**
 * A signature is good from five minutes before to five minutes after it was made; a presigned one for as long as it
 * says, at most seven days.
 * @param signedAt basic format
 */
export function checkValidityPeriod(
  signedAt: string,
  { expiresSeconds }: Pick<Authorization, "expiresSeconds">,
  now: Date,
) {
  const shifted = (seconds: number) => basicDate(new Date(now.getTime() + seconds * 1000));
  if (expiresSeconds !== undefined && !isValidLifetime(expiresSeconds)) {
    throw incompleteSignature(`X-Amz-Expires must be between 1 and ${longestPresignedSeconds} seconds.`);
  }
  const [lifetime, words] =
    expiresSeconds === undefined ? [allowedSkewSeconds, "5 min."] : [Number(expiresSeconds), `${expiresSeconds} sec.`];
  // The basic format sorts as text the way the moments do.
  const earliest = shifted(-lifetime);
  if (signedAt < earliest) {
    throw invalidSignature(`Signature expired: ${signedAt} is now earlier than ${earliest} (${shifted(0)} - ${words})`);
  }
  const latest = shifted(allowedSkewSeconds);
  if (signedAt > latest) {
    throw invalidSignature(
      `Signature not yet current: ${signedAt} is still later than ${latest} (${shifted(0)} + 5 min.)`,
    );
  }
}

const isValidLifetime = (seconds: string) =>
  /^\d{1,6}$/.test(seconds) && Number(seconds) >= 1 && Number(seconds) <= longestPresignedSeconds;
