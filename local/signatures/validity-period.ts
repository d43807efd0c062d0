import type { Authorization } from "./authorization.ts";
import { incompleteSignature, invalidSignature } from "./signature-error.ts";

const longestPresignedSeconds = 7 * 24 * 60 * 60;

/** ISO 8601 basic format in seconds, the one Signature Version 4 uses: `20260102T030405Z`. */
export const basicDate = (time: Date) => time.toISOString().replace(/[-:]|\.\d{3}/g, "");

/** A moment in whole seconds, with its text in basic format, which stands in the string to sign. */
export interface SigningTime {
  readonly seconds: number;
  readonly text: string;
}

const momentAt = (seconds: number): SigningTime => ({ seconds, text: basicDate(new Date(seconds * 1000)) });

/**
 * The moment a request was signed. A client may send a Date header instead of X-Amz-Date.
 * @throws SignatureError when it is no date at all
 */
export function signingTime(date: string): SigningTime {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  const [, year, month, day, hour, minute, second] = basic ?? [];
  const milliseconds = Date.parse(basic ? `${year}-${month}-${day}T${hour}:${minute}:${second}Z` : httpDate(date));
  const time = Number.isNaN(milliseconds) ? undefined : momentAt(milliseconds / 1000);
  if (time === undefined || (basic && time.text !== date)) {
    throw incompleteSignature(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  return time;
}

/** The form of an HTTP Date header only: Date.parse alone would take much more. */
const httpDate = (date: string) => (/^[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(date) ? date : "");

/**
 * A signature is good while the clocks of client and service differ by no more than is allowed; a presigned one for as
 * long as it says, at most seven days.
 * @throws SignatureError when it is too old, or made in the future
 */
export function checkValidityPeriod(
  signedAt: SigningTime,
  { expiresSeconds }: Pick<Authorization, "expiresSeconds">,
  { allowedSkewSeconds, now }: { readonly allowedSkewSeconds: number; readonly now: Date },
) {
  const skewWords = `${allowedSkewSeconds / 60} min.`;
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const shifted = (seconds: number) => momentAt(nowSeconds + seconds).text;
  if (expiresSeconds !== undefined && !isValidLifetime(expiresSeconds)) {
    throw incompleteSignature(`X-Amz-Expires must be between 1 and ${longestPresignedSeconds} seconds.`);
  }
  const [lifetime, words] =
    expiresSeconds === undefined ? [allowedSkewSeconds, skewWords] : [Number(expiresSeconds), `${expiresSeconds} sec.`];
  const { seconds, text } = signedAt;
  if (seconds < nowSeconds - lifetime) {
    throw invalidSignature(
      `Signature expired: ${text} is now earlier than ${shifted(-lifetime)} (${shifted(0)} - ${words})`,
    );
  }
  if (seconds > nowSeconds + allowedSkewSeconds) {
    throw invalidSignature(
      `Signature not yet current: ${text} is still later than ${shifted(allowedSkewSeconds)} (${shifted(0)} + ${skewWords})`,
    );
  }
}

const isValidLifetime = (seconds: string) =>
  /^\d{1,6}$/.test(seconds) && Number(seconds) >= 1 && Number(seconds) <= longestPresignedSeconds;
