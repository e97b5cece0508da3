using System.Numerics;

namespace KernelSockets.Net;

/// <summary>Rings, arrays whose length is a power of two, that no connection needs at the moment, by size: a connection has one only while it has use for it.</summary>
/// <remarks>Under the stack's gate. Allocates nothing once as many rings exist as are in use at a time.</remarks>
/// <typeparam name="T">What is in a ring.</typeparam>
internal sealed class RingPool<T>
{
    private readonly Stack<T[]>[] _free;
    private readonly int _mostKept;

    /// <param name="smallest">Places in the smallest ring that is kept; each further size is twice the one before.</param>
    /// <param name="sizes">How many sizes are kept.</param>
    /// <param name="mostKept">Rings of each size that are kept.</param>
    public RingPool(int smallest, int sizes, int mostKept)
    {
        Smallest = smallest;
        _mostKept = mostKept;
        _free = new Stack<T[]>[sizes];
        for (int i = 0; i < sizes; i++)
        {
            _free[i] = new Stack<T[]>();
        }
    }

    /// <summary>Places in the smallest ring that is kept.</summary>
    public int Smallest { get; }

    /// <summary>Takes a ring; its content is what it was returned with.</summary>
    /// <param name="size">A power of two.</param>
    public T[] Take(int size) => TryFind(size) is { } free && free.TryPop(out T[]? ring) ? ring : new T[size];

    /// <summary>Gives a ring back.</summary>
    /// <param name="ring">Without references in it.</param>
    public void Return(T[] ring)
    {
        if (TryFind(ring.Length) is { } free && free.Count < _mostKept)
        {
            free.Push(ring);
        }
    }

    private Stack<T[]>? TryFind(int size)
    {
        int index = BitOperations.Log2((uint)size) - BitOperations.Log2((uint)Smallest);
        return size >= Smallest && index < _free.Length ? _free[index] : null;
    }
}
