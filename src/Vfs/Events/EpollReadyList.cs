namespace KernelSockets.Vfs.Events;

/// <summary>The items of an epoll set that may be ready, in the order in which they are looked at. The links are in the items.</summary>
/// <remarks>Under the set's gate.</remarks>
internal sealed class EpollReadyList
{
    private EpollItem? _last;

    /// <summary>The item that is next; null for none.</summary>
    public EpollItem? First { get; private set; }

    /// <summary>Items in the list.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an item that is not in the list.</summary>
    public void AddLast(EpollItem item) => Link(item, _last, null);

    /// <summary>Adds an item that is not in the list in front of all others.</summary>
    public void AddFirst(EpollItem item) => Link(item, null, First);

    /// <summary>Takes an item out that is in the list.</summary>
    public void Remove(EpollItem item)
    {
        Join(item.Previous, item.Next);
        (item.Previous, item.Next, item.IsReady) = (null, null, false);
        Count--;
    }

    private void Link(EpollItem item, EpollItem? previous, EpollItem? next)
    {
        item.IsReady = true;
        Join(previous, item);
        Join(item, next);
        Count++;
    }

    private void Join(EpollItem? left, EpollItem? right)
    {
        if (left is null)
        {
            First = right;
        }
        else
        {
            left.Next = right;
        }

        if (right is null)
        {
            _last = left;
        }
        else
        {
            right.Previous = left;
        }
    }
}
