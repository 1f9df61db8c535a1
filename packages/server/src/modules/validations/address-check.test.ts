import { describe, expect, test } from "vitest";
import { isOlderClient, requireGood, validateAddress } from "./address-check.ts";

const redmond = {
  addressLine1: "1 Contoso Way",
  city: "Redmond",
  state: "WA",
  postalCode: "98052",
  country: "US",
};
const of = (change: object) => validateAddress({ ...redmond, ...change });

describe("an address is", () => {
  test.each<[string, object, string, number]>([
    ["shippable when all of it fits", {}, "VerifiedShippable", 1],
    ["shippable with a long postal code", { postalCode: "98052-0001" }, "VerifiedShippable", 1],
    ["no place to ship to when it is a box", { addressLine1: "PO Box 12" }, "Verified", 1],
    ["a box in German too", { ...hamburg(), addressLine1: "Postfach 12" }, "Verified", 1],
    ["mended when the state is a name", { state: "washington" }, "InteractionRequired", 1],
    ["mended when the country is in small letters", { country: "us" }, "InteractionRequired", 1],
    ["mended when spaces stand around", { city: " Redmond " }, "InteractionRequired", 1],
    ["partial without a number", { addressLine1: "Contoso Way" }, "PremisesPartial", 1],
    ["partial without a street", { addressLine1: "1" }, "StreetPartial", 1],
    ["none with a state of nowhere", { state: "ZZ" }, "None", 0],
    ["none without a state", { state: undefined }, "None", 0],
    ["none with a postal code of another form", { postalCode: "123" }, "None", 0],
    ["none without a postal code", { postalCode: " " }, "None", 0],
    ["right in Canada", { ...toronto(), state: "ON" }, "VerifiedShippable", 1],
    ["wrong in Canada", { ...toronto(), state: "WA" }, "None", 0],
    [
      "right in China",
      { country: "CN", state: "BJ", postalCode: "100000" },
      "VerifiedShippable",
      1,
    ],
    ["wrong in China", { country: "CN", state: "WA", postalCode: "100000" }, "None", 0],
    [
      "right in Mexico",
      { country: "MX", state: "QUE", postalCode: "76000" },
      "VerifiedShippable",
      1,
    ],
    ["mended by a name with accents", mexico("Querétaro"), "InteractionRequired", 1],
    ["wrong in Mexico", { country: "MX", state: "WA", postalCode: "76000" }, "None", 0],
    ["free of states elsewhere", { ...hamburg(), state: "Anything" }, "VerifiedShippable", 1],
    ["not validated where nothing is known", { country: "AQ" }, "NotValidated", 0],
  ])("%s", (_case, change, status, suggestions) => {
    const answer = of(change);
    expect(answer.status).toBe(status);
    expect(answer.suggestedAddresses).toHaveLength(suggestions);
    expect(answer.originalAddress).toEqual({ ...redmond, ...change });
    const isPlain = status === "VerifiedShippable" || status === "Verified";
    expect(Object.hasOwn(answer, "validationMessage")).toBe(!isPlain);
  });

  test("suggested as its country writes it", () => {
    const [suggested] = of({
      addressLine1: " 1  Contoso Way",
      state: "washington",
      country: "us",
    }).suggestedAddresses;
    expect(suggested).toEqual(redmond);
    expect(
      of({ ...toronto(), state: "ON", postalCode: "m5v 2t6" }).suggestedAddresses,
    ).toMatchObject([{ postalCode: "M5V 2T6" }]);
  });

  test("refused in a country that is none", () => {
    expect(() => of({ country: "ZZ" })).toThrow(/^INVALID_PROPERTY/);
  });
});

function hamburg() {
  return { country: "DE", city: "Hamburg", postalCode: "20457", state: undefined };
}
function toronto() {
  return { country: "CA", city: "Toronto", postalCode: "M5V 2T6" };
}
function mexico(state: string) {
  return { country: "MX", state, postalCode: "76000" };
}

test("older clients hear that an address is good, or why it is none", () => {
  expect(requireGood(of({}))).toBe(true);
  expect(requireGood(of({ state: "washington" }))).toBe(true);
  expect(requireGood(of({ country: "AQ" }))).toBe(true);
  expect(() => requireGood(of({ postalCode: "1" }))).toThrow(/^INVALID_PROPERTY.*postalCode 1/);
  expect(() => requireGood(of({ addressLine1: "Way" }))).toThrow(/^INVALID_PROPERTY/);
});

test("two clients are older ones", () => {
  expect(isOlderClient("Partner Center Java SDK")).toBe(true);
  expect(isOlderClient("partner center open .NET SDK ")).toBe(true);
  for (const other of ["Partner Center .NET SDK", "", undefined]) {
    expect(isOlderClient(other)).toBe(false);
  }
});
