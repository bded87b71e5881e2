/** One of each. */
export interface StockAndNative<T> {
  readonly stock: T;
  readonly native: T;
}

/**
 * Renders pair number `n` both ways, one after the other. Turn about, so that a machine that gets slower or faster favours
 * neither.
 */
export async function alternate<T>(
  n: number,
  one: (mode: "stock" | "native") => Promise<T>,
): Promise<StockAndNative<T>> {
  if (n % 2 === 0) {
    const stock = await one("stock");
    return { stock, native: await one("native") };
  }
  const native = await one("native");
  return { stock: await one("stock"), native };
}
