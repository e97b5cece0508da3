using System.Buffers.Binary;

namespace KernelSockets.Vfs.Tests.Minix;

/// <summary>What a file tree should be, kept beside a mounted file system by the same operations, and what of it was confirmed when.</summary>
/// <remarks>Content is made of records of 16 bytes with the number of their file, so that one shows where it comes from.</remarks>
internal sealed class CrashModel
{
    public const int RecordSize = 16;

    private readonly Dictionary<string, ModelFile?> _entries = [];
    private readonly List<Interval> _intervals = [];
    private int _nextId = 1;

    public CrashModel() => _intervals.Add(new Interval(0, []));

    /// <summary>Paths and their files, null for directories; below the mount point.</summary>
    public IReadOnlyDictionary<string, ModelFile?> Entries => _entries;

    public ModelFile NewFile() => new(_nextId++);

    public void Add(string path, ModelFile? file)
    {
        _entries.Add(path, file);
        Touch();
    }

    public void Remove(string path)
    {
        _entries.Remove(path);
        Touch();
    }

    public void Move(string from, string to)
    {
        if (_entries.TryGetValue(to, out ModelFile? replaced) && replaced is null)
        {
            // A cut may leave the moved directory under both names, of which a check cannot tell the older: an empty directory may go for nothing.
            _intervals[^1].AlwaysThere.Remove(to);
        }

        foreach ((string path, ModelFile? file) in _entries.Where(entry => IsInside(entry.Key, from)).ToList())
        {
            _entries.Remove(path);
            _entries[to + path[from.Length..]] = file;
        }

        Touch();
    }

    public void Change(ModelFile file, byte[] content)
    {
        file.Content = content;
        _intervals[^1].Changed.Add(file.Id);
    }

    /// <summary>Notes that all is confirmed after so many writes of the disk.</summary>
    public void Confirm(int writes)
    {
        _intervals[^1].End = writes;
        _intervals.Add(new Interval(writes, _entries.ToDictionary(entry => entry.Key, entry => (entry.Value?.Id ?? 0, entry.Value?.Content))));
    }

    public static bool IsInside(string path, string directory) => path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);

    /// <summary>Fills records.</summary>
    public static byte[] Records(ModelFile file, int count, Random random)
    {
        byte[] bytes = new byte[count * RecordSize];
        for (int at = 0; at < bytes.Length; at += RecordSize)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), file.Id);
            random.NextBytes(bytes.AsSpan(at + 4, RecordSize - 4));
        }

        return bytes;
    }

    /// <summary>Checks what is left after a cut.</summary>
    /// <param name="flushed">Writes that are there for certain.</param>
    /// <param name="found">The tree, null for directories.</param>
    /// <param name="when">For the message.</param>
    public void Check(int flushed, IReadOnlyDictionary<string, byte[]?> found, string when)
    {
        Interval interval = _intervals.Last(candidate => candidate.Start <= flushed);
        foreach ((string path, (int id, byte[]? content)) in interval.Confirmed)
        {
            bool isAlways = interval.AlwaysThere.Contains(path);
            Assert.True(!isAlways || found.ContainsKey(path), $"{when}: {path} is lost");
            if (content is null || interval.Changed.Contains(id) || interval.Dead.Contains(id))
            {
                continue;
            }

            if (isAlways && !interval.Replaced.Contains(path))
            {
                Assert.True(found[path] is { } bytes && bytes.AsSpan().SequenceEqual(content), $"{when}: {path} has other content");
            }
            else if (content.Length > 0)
            {
                Assert.True(found.Values.Any(bytes => bytes is not null && bytes.AsSpan().SequenceEqual(content)), $"{when}: what {path} was is lost");
            }
        }

        foreach ((string path, byte[]? content) in found)
        {
            Assert.True(content is null || IsPure(content), $"{when}: {path} shows what is another file's");
        }
    }

    /// <summary>True when all records are of one file, but for holes.</summary>
    private static bool IsPure(byte[] content)
    {
        int id = 0;
        for (int at = 0; at + RecordSize <= content.Length; at += RecordSize)
        {
            int own = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at));
            if (own != 0 && id != 0 && own != id)
            {
                return false;
            }

            id = own != 0 ? own : id;
        }

        return true;
    }

    /// <summary>Notes after an operation what is still as it was confirmed.</summary>
    private void Touch()
    {
        Interval interval = _intervals[^1];
        HashSet<int> alive = [.. _entries.Values.Where(file => file is not null).Select(file => file!.Id)];
        foreach ((string path, (int id, byte[]? content)) in interval.Confirmed)
        {
            if (!_entries.TryGetValue(path, out ModelFile? now))
            {
                interval.AlwaysThere.Remove(path);
            }
            else if ((now?.Id ?? 0) != id)
            {
                interval.Replaced.Add(path);
            }

            if (content is not null && !alive.Contains(id))
            {
                interval.Dead.Add(id);
            }
        }
    }

    /// <summary>The time between two confirmations.</summary>
    private sealed class Interval(int start, Dictionary<string, (int Id, byte[]? Content)> confirmed)
    {
        public int Start { get; } = start;

        public int End { get; set; } = int.MaxValue;

        public Dictionary<string, (int Id, byte[]? Content)> Confirmed { get; } = confirmed;

        public HashSet<string> AlwaysThere { get; } = [.. confirmed.Keys];

        public HashSet<string> Replaced { get; } = [];

        public HashSet<int> Changed { get; } = [];

        public HashSet<int> Dead { get; } = [];
    }
}

/// <summary>A file of the model.</summary>
internal sealed class ModelFile(int id)
{
    public int Id { get; } = id;

    public byte[] Content { get; set; } = [];
}
