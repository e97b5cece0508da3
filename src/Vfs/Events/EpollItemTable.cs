using System.Runtime.InteropServices;

namespace KernelSockets.Vfs.Events;

/// <summary>The items of an epoll set, by file and descriptor. A descriptor has several when its file was replaced while another descriptor keeps the old one open.</summary>
/// <remarks>Under the set's gate.</remarks>
internal sealed class EpollItemTable
{
    private readonly Dictionary<int, EpollItem> _byDescriptor = [];

    /// <summary>Items in the table.</summary>
    public int Count { get; private set; }

    /// <summary>All items.</summary>
    public IEnumerable<EpollItem> Items
    {
        get
        {
            foreach (EpollItem first in _byDescriptor.Values)
            {
                for (EpollItem? item = first; item is not null; item = item.NextOfDescriptor)
                {
                    yield return item;
                }
            }
        }
    }

    /// <summary>Finds an item; null for none.</summary>
    public EpollItem? Find(OpenFile file, int fd)
    {
        EpollItem? item = _byDescriptor.GetValueOrDefault(fd);
        while (item is not null && item.File != file)
        {
            item = item.NextOfDescriptor;
        }

        return item;
    }

    /// <summary>Adds an item that is not there.</summary>
    public void Add(EpollItem item)
    {
        ref EpollItem? first = ref CollectionsMarshal.GetValueRefOrAddDefault(_byDescriptor, item.Fd, out _);
        item.NextOfDescriptor = first;
        first = item;
        Count++;
    }

    /// <summary>Takes an item out that is there.</summary>
    public void Remove(EpollItem item)
    {
        EpollItem first = _byDescriptor[item.Fd];
        if (first != item)
        {
            while (first.NextOfDescriptor != item)
            {
                first = first.NextOfDescriptor!;
            }

            first.NextOfDescriptor = item.NextOfDescriptor;
        }
        else if (item.NextOfDescriptor is { } next)
        {
            _byDescriptor[item.Fd] = next;
        }
        else
        {
            _byDescriptor.Remove(item.Fd);
        }

        Count--;
    }
}
