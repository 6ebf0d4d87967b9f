<?php
namespace App\Models;

use App\Money\{Coin, Purse as Bag};
use function App\Money\mint;

require_once __DIR__ . '/drawer.php';

/** A till. */
#[Marked]
final class Till extends Drawer implements Closable
{
    use Sizes;
    const SIZE = 3;
    private int $total = 1;

    /**
     * Adds a coin.
     */
    public function add(Coin $coin, int $times = 1): static
    {
        $local = mint($coin->value(), self::SIZE);
        $this->total += $local * $times;
        return new static(Bag::empty());
    }
}

interface Closable { public function close(): void; }
trait Sizes { function size() { return RATE; } }
enum Side: string { case Heads = 'h'; }
function total(array $coins): int { return array_sum($coins); }
const RATE = 3;
define('LIMIT', 100);
