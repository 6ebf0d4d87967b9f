import { Coin, type Purse } from "./coins";
import Drawer from "./drawer";

/** A till. */
@Component({
  selector: "till",
})
export class Till extends Drawer implements Closable {
  @Input() size = 1;
  /**
   * Adds a coin.
   * @param coin what
   */
  @Output()
  async add(coin: Coin, times = 1): Promise<number> {
    const local = coin.value;
    this.total += local * times;
    return this.round(this.total);
  }
  change = (coin: Coin) => {
    return mint(coin);
  };
  get open(): boolean { return true }
  abstract lock(): void;
}
// Sums up.
export const sum = async (xs: number[]) => { return xs.reduce((a, b) => a + b) };
const RATE = 3, two = () => 2;
export default function main() { return RATE; }
namespace Coins { export function mint() {} }
interface Closable { close(): void; value: number }
export type Kind = { a: number };
enum Side { Heads }
function over(a: string): void;
function over(a: any) {}
let counter: number = 0;
declare module "x" { function y(): void; }
