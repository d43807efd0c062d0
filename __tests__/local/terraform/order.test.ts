import fc from "fast-check";
import { inDependencyOrder } from "../../../local/terraform/order.ts";

const resource = (name: string, body: Record<string, unknown> = {}) => ({
  address: `aws_x.${name}`,
  type: "aws_x",
  body,
});
const addresses = (resources: ReturnType<typeof resource>[]) =>
  inDependencyOrder(resources).map(({ address }) => address);

test("a resource comes after those it refers to and those it depends on", () => {
  const order = addresses([
    resource("C", { value: "${aws_x.B.id}" }),
    resource("B", { depends_on: ["aws_x.A"] }),
    resource("A"),
  ]);
  expect(order).toEqual(["aws_x.A", "aws_x.B", "aws_x.C"]);
});

test("what only tells the lifecycle is no dependency", () => {
  expect(addresses([resource("A", { lifecycle: { note: "${aws_x.B.id}" } }), resource("B")])).toEqual([
    "aws_x.A",
    "aws_x.B",
  ]);
});

test("fails when resources wait for each other, naming them", () => {
  const cycle = [resource("A", { v: "${aws_x.B.id}" }), resource("B", { v: "${aws_x.A.id}" })];
  expect(() => addresses(cycle)).toThrow("a cycle: aws_x.A -> aws_x.B -> aws_x.A");
});

test("property: in any graph without cycles each resource appears once, after all it needs", () => {
  const graph = fc.array(fc.array(fc.nat()), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(graph, fc.infiniteStream(fc.nat()), (edges, shuffle) => {
      const resources = edges.map((targets, index) =>
        resource(`R${index}`, { needs: index === 0 ? [] : targets.map((target) => `\${aws_x.R${target % index}.id}`) }),
      );
      const shuffled = resources
        .map((item) => ({ item, key: shuffle.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item);
      const order = addresses(shuffled);
      expect([...order].sort()).toEqual(resources.map(({ address }) => address).sort());
      for (const [index, targets] of edges.entries())
        for (const target of index === 0 ? [] : targets)
          expect(order.indexOf(`aws_x.R${target % index}`)).toBeLessThan(order.indexOf(`aws_x.R${index}`));
    }),
  );
});
