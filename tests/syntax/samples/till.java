package shop.tills;

import java.util.List;
import static shop.coins.Coin.mint;

/**
 * A till.
 */
@Entity
@Table(name = "till")
public class Till<T> extends Drawer implements Closable {
    public static final int RATE = 3;
    private int total;

    /** Makes one. */
    public Till(int size) { super(size); }

    /**
     * Adds.
     */
    @Override
    public <S> List<S> add(Coin coin, int times)
            throws IOException {
        int local = coin.value();
        total += mint(local);
        return List.of();
    }
    static class Inner { void go() {} }
}
interface Closable { void close(); }
enum Side { HEADS, TAILS; int sign() { return 1; } }
record Pair(int a, int b) { Pair { } }
@interface Marked { String value(); }
