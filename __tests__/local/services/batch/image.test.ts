import { type LocalCommand, lookupIn } from "../../../../local/services/batch/image.ts";

const exact: LocalCommand = { argv: ["exact"] };
const repository: LocalCommand = { argv: ["repository"] };
const find = lookupIn(
  new Map([
    ["000000000000.dkr.ecr.eu-west-1.amazonaws.com/team/app:1", exact],
    ["000000000000.dkr.ecr.eu-west-1.amazonaws.com/team/app", repository],
    ["localhost:5000/app", repository],
  ]),
);

test.each([
  ["000000000000.dkr.ecr.eu-west-1.amazonaws.com/team/app:1", exact],
  ["000000000000.dkr.ecr.eu-west-1.amazonaws.com/team/app:2", repository],
  ["000000000000.dkr.ecr.eu-west-1.amazonaws.com/team/app", repository],
  ["000000000000.dkr.ecr.eu-west-1.amazonaws.com/team/app@sha256:00ff", repository],
  ["000000000000.dkr.ecr.eu-west-1.amazonaws.com/team/app:2@sha256:00ff", repository],
  ["localhost:5000/app", repository],
  ["localhost:5000/app:latest", repository],
  ["localhost:5000", undefined],
  ["team/app:1", undefined],
])("an image is found by its URI, else by its repository: %s", (uri, command) => {
  expect(find(uri)).toBe(command);
});
