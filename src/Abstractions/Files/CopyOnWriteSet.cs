namespace KernelSockets;

/// <summary>Objects that are gone through often and seldom change: each change makes a new array. Needs no lock, and no memory while it is empty.</summary>
/// <remarks>A mutable structure: a field of its own class's, not to be copied.</remarks>
internal struct CopyOnWriteSet<T>
    where T : class
{
    private T[]? _items;

    /// <summary>The objects at this moment.</summary>
    public T[] Items => Volatile.Read(ref _items) ?? [];

    /// <summary>Adds one, also when it is there already.</summary>
    public void Add(T item)
    {
        while (true)
        {
            T[]? seen = Volatile.Read(ref _items);
            T[] changed = seen is null ? [item] : [.. seen, item];
            if (Interlocked.CompareExchange(ref _items, changed, seen) == seen)
            {
                return;
            }
        }
    }

    /// <summary>Takes one out; one that is not there stays so.</summary>
    public void Remove(T item)
    {
        while (true)
        {
            T[]? seen = Volatile.Read(ref _items);
            int index = seen is null ? -1 : Array.IndexOf(seen, item);
            if (index < 0)
            {
                return;
            }

            T[]? changed = seen!.Length == 1 ? null : [.. seen.AsSpan(0, index), .. seen.AsSpan(index + 1)];
            if (Interlocked.CompareExchange(ref _items, changed, seen) == seen)
            {
                return;
            }
        }
    }
}
