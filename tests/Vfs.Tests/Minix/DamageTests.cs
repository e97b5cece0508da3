using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Minix;

/// <summary>Good images with random damage: using them answers with errors at most, and ends; the checker mends them.</summary>
public sealed class DamageTests
{
    /// <summary>Requests to the device that using a damaged image may take; far more than a good one does.</summary>
    private const int MostTransfers = 200_000;

    private static readonly int s_seed = int.Parse(Environment.GetEnvironmentVariable("KS_DAMAGE_SEED") ?? "1", null);
    private static readonly int s_images = int.Parse(Environment.GetEnvironmentVariable("KS_DAMAGE_IMAGES") ?? "250", null);

    /// <summary>Errors that damage may show as.</summary>
    private static readonly HashSet<Errno> s_errors =
    [
        Errno.Success, Errno.EUCLEAN, Errno.EIO, Errno.EINVAL, Errno.ENOENT, Errno.ENOTDIR, Errno.EISDIR, Errno.ENOTEMPTY, Errno.ENOSPC, Errno.EFBIG, Errno.EMLINK,
        Errno.ELOOP, Errno.ENXIO, Errno.EEXIST, Errno.ENAMETOOLONG, Errno.EPERM, Errno.EACCES, Errno.EBUSY, Errno.EOVERFLOW,
    ];

    private readonly HashSet<ulong> _walked = [];
    private int _steps;

    public static TheoryData<string> Variants => [.. MinixVariants.All];

    [Theory]
    [MemberData(nameof(Variants))]
    public void DamagedImage_IsUsedWithErrorsAtMost_AndMended(string options)
    {
        byte[] good = MakeGood(options);
        for (int round = 0; round < s_images; round++)
        {
            Random random = new((s_seed * 1_000_000) + round);
            byte[] image = (byte[])good.Clone();
            Damage(image, random);
            string when = $"{options}, seed {s_seed}, image {round}";
            Use((byte[])image.Clone(), random, when);
            Mend(image, asksHost: round % 25 == 0, when);
        }
    }

    private static byte[] MakeGood(string options)
    {
        Fixture files = new();
        MemoryDisk disk = new(kibibytes: 500);
        files.MountMinix("/m", disk, options);
        files.MakeDirectory("/m/d");
        files.MakeDirectory("/m/d/e");
        files.Write("/m/d/f", new string('x', 20_000));
        files.Write("/m/g", new string('x', 300_000));
        files.Link("d/f", "/m/s");
        for (int i = 0; i < 40; i++)
        {
            files.Write($"/m/d/e/n{i}", "content");
        }

        Assert.Equal(Errno.Success, files.Vfs.Unmount(files.Root, "/m"u8));
        return disk.Content;
    }

    private static void Damage(byte[] image, Random random)
    {
        // The super block, maps, inodes and first directories, and now and then anything.
        int end = random.Next(4) == 0 ? image.Length : 40 * 1024;
        int start = random.Next(3) == 0 ? 1024 : 2048;
        for (int i = random.Next(1, 40); i > 0; i--)
        {
            int at = random.Next(start, end);
            image[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(image[at] ^ (1 << random.Next(8))),
                _ => random.Next(2) == 0 ? (byte)0xFF : (byte)0,
            };
        }
    }

    private static void Mend(byte[] image, bool asksHost, string when)
    {
        (Errno error, CheckOutcome outcome, string output) = OwnChecker.Run(image, CheckOptions.Repair | CheckOptions.Force);
        Assert.True(s_errors.Contains(error), $"{when}: {error}");
        if (error == Errno.Success && !outcome.HasUncorrected)
        {
            (error, outcome, string again) = OwnChecker.Run(image, CheckOptions.Force);
            Assert.True(error == Errno.Success && outcome == default, $"{when}: mended\n{output}\nand then\n{again}");
            string[] complaints = asksHost ? HostTool.Complaints(image) : [];
            Assert.True(complaints.Length == 0, $"{when}: mended, fsck.minix says\n{string.Join('\n', complaints)}\nafter\n{output}");
        }
    }

    private void Use(byte[] image, Random random, string when)
    {
        _steps = 0;
        _walked.Clear();
        MemoryDisk disk = new(image);
        Fixture files = new();
        files.MakeDirectory("/m");
        Errno error = files.Vfs.Mount(files.Root, "/m"u8, FileSystemType.Minix, disk, isReadOnly: false);
        Assert.True(s_errors.Contains(error), $"{when}: mount: {error}");
        if (error != Errno.Success)
        {
            return;
        }

        Walk(files, "/m", random, when);
        foreach (string path in new[] { "/m/new", "/m/d/new", "/m/d/e/new" })
        {
            Check(files.Vfs.MakeDirectory(files.Root, Fixture.Bytes(path), InodeMode.DefaultDirectory), when);
            Check(files.Vfs.Rename(files.Root, Fixture.Bytes(path), "/m/d/e/moved"u8), when);
            Check(files.Vfs.Rename(files.Root, "/m/d"u8, Fixture.Bytes(path)), when);
        }

        Remove(files, "/m", when);
        Check(files.Vfs.WriteBackOld(TimeSpan.Zero), when);
        Check(files.Vfs.Synchronize(), when);
        Assert.True(disk.Transfers < MostTransfers, $"{when}: {disk.Transfers} transfers");
    }

    private void Walk(Fixture files, string path, Random random, string when)
    {
        foreach (string name in Names(files, path, when))
        {
            string inside = $"{path}/{name}";
            Errno error = files.Vfs.Stat(files.Root, Fixture.Bytes(inside), follows: false, out FileStat stat);
            Check(error, when);
            if (error != Errno.Success || _steps++ > 300)
            {
                continue;
            }

            if (stat.Mode.IsDirectory())
            {
                if (_walked.Add(stat.InodeNumber))
                {
                    Walk(files, inside, random, when);
                }
            }
            else if (stat.Mode.IsRegular())
            {
                UseFile(files, inside, stat.Size, random, when);
            }
            else
            {
                Check(files.Vfs.ReadLink(files.Root, Fixture.Bytes(inside), new byte[100]).Error, when);
            }
        }
    }

    private static void UseFile(Fixture files, string path, long size, Random random, string when)
    {
        if (files.Vfs.TryOpen(files.Root, Fixture.Bytes(path), OpenFlags.ReadWrite, InodeMode.None, out OpenFile? file) != Errno.Success)
        {
            return;
        }

        byte[] buffer = new byte[5000];
        foreach (long at in new[] { 0, size - 100, random.NextInt64(size + 1), random.NextInt64(int.MaxValue) })
        {
            Check(file!.ReadAt(buffer, Math.Max(at, 0)).Error, when);
            Check(file.WriteAt(buffer.AsSpan(0, 100), Math.Max(at, 0)).Error, when);
        }

        Check(file!.Truncate(random.NextInt64(size + 1)), when);
        file.Release();
    }

    private void Remove(Fixture files, string path, string when)
    {
        foreach (string name in Names(files, path, when))
        {
            byte[] inside = Fixture.Bytes($"{path}/{name}");
            if (_steps++ > 1000)
            {
                return;
            }

            Errno error = files.Vfs.Unlink(files.Root, inside);
            Check(error, when);
            if (error == Errno.EISDIR)
            {
                if (path.Length < 60)
                {
                    Remove(files, $"{path}/{name}", when);
                }

                Check(files.Vfs.RemoveDirectory(files.Root, inside), when);
            }
        }
    }

    private static List<string> Names(Fixture files, string path, string when)
    {
        List<string> names = [];
        if (files.Vfs.TryOpen(files.Root, Fixture.Bytes(path), OpenFlags.ReadOnly, InodeMode.None, out OpenFile? directory) != Errno.Success)
        {
            return names;
        }

        DirectoryEntry entry = new();
        long position = 0;
        IoResult result = directory!.Operations.ReadDirectory(directory, entry, ref position);
        for (; result.Count > 0 && names.Count < 200; result = directory.Operations.ReadDirectory(directory, entry, ref position))
        {
            string name = System.Text.Encoding.Latin1.GetString(entry.Name);
            if (name is not ("." or "..") && name.All(char.IsAsciiLetterOrDigit))
            {
                names.Add(name);
            }
        }

        Check(result.Error, when);
        directory.Release();
        return names;
    }

    private static void Check(Errno error, string when) => Assert.True(s_errors.Contains(error), $"{when}: {error}");
}
