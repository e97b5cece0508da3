using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace KernelSockets.Vfs.Memory;

/// <summary>
/// The names in a directory in memory, in the order they were made. Each has a sequence number that only grows, which is its position for
/// readdir: a reader goes on at the right place while others add and remove names.
/// </summary>
/// <remarks>Under the tree's lock. Names are kept as Latin-1 text, one character a byte, so that looking one up allocates nothing.</remarks>
internal sealed class DirectoryNames
{
    private readonly Dictionary<string, Entry> _byName = new(StringComparer.Ordinal);
    private readonly List<Entry> _inOrder = [];
    private long _lastSequence;

    /// <summary>How many there are, without "." and "..".</summary>
    public int Count => _inOrder.Count;

    /// <summary>Finds a name.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, [NotNullWhen(true)] out MemoryInode? inode)
    {
        Span<char> text = stackalloc char[DirectoryEntry.MaxNameLength];
        int length = Encoding.Latin1.GetChars(name, text);
        bool isFound = _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..length], out Entry entry);
        inode = entry.Inode;
        return isFound;
    }

    /// <summary>Adds a name that is not there, or makes one lead elsewhere.</summary>
    public void Set(ReadOnlySpan<byte> name, MemoryInode inode)
    {
        Remove(name);
        Entry entry = new(Encoding.Latin1.GetString(name), inode, ++_lastSequence);
        _byName.Add(entry.Name, entry);
        _inOrder.Add(entry);
    }

    /// <summary>Removes a name, if it is there.</summary>
    public void Remove(ReadOnlySpan<byte> name)
    {
        if (_byName.Remove(Encoding.Latin1.GetString(name), out Entry entry))
        {
            _inOrder.RemoveAt(FirstAfter(entry.Sequence - 1));
        }
    }

    /// <summary>Fills <paramref name="target"/> with the first entry behind a sequence number, and moves that on.</summary>
    public bool TryReadNext(ref long sequence, DirectoryEntry target)
    {
        int index = FirstAfter(sequence);
        if (index == _inOrder.Count)
        {
            return false;
        }

        Entry entry = _inOrder[index];
        Span<byte> name = stackalloc byte[DirectoryEntry.MaxNameLength];
        int length = Encoding.Latin1.GetBytes(entry.Name, name);
        target.Set(name[..length], entry.Inode.Number, entry.Inode.Mode);
        sequence = entry.Sequence;
        return true;
    }

    private int FirstAfter(long sequence)
    {
        int low = 0;
        int high = _inOrder.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_inOrder[middle].Sequence > sequence)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private readonly record struct Entry(string Name, MemoryInode Inode, long Sequence);
}
