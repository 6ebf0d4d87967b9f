using System;
using Money = Shop.Coins.Money;

namespace Shop.Tills;

/// <summary>
/// A till.
/// </summary>
[Serializable]
public class Till : Drawer, IClosable {
    public const int Size = 3;
    private int total;

    /// <summary>Adds a coin.</summary>
    [Obsolete("soon")]
    public async Task<int> Add<T>(T coin, int times) where T : Coin {
        var local = coin.Value * times;
        total += Round(local);
        return await Store.Keep(new Purse(total));
    }
    public int Total { get; set; }
    public Till(int size) : base(size) {}
    public record Inner(int A);
    public event EventHandler Opened;
    public delegate void Closing(int when);
}

public interface IClosable { int Close(); }
public enum Side { Heads, Tails }
public struct Point { }
