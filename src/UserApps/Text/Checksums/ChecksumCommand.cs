using System.Buffers.Binary;

namespace KernelSockets.UserApps.Text.Checksums;

/// <summary>cksum, md5sum, sha1sum and sha256sum.</summary>
internal static class ChecksumCommand
{
    public const string CrcHelp = """
        Usage: cksum [FILE...]
        Prints POSIX's CRC and the number of bytes of each FILE, or of the input.

        """;

    public const string Md5Help = "Usage: md5sum [-bctwz] [--quiet] [--status] [--strict] [--tag] [FILE...]\n" + Explanation;

    public const string Sha1Help = "Usage: sha1sum [-bctwz] [--quiet] [--status] [--strict] [--tag] [FILE...]\n" + Explanation;

    public const string Sha256Help = "Usage: sha256sum [-bctwz] [--quiet] [--status] [--strict] [--tag] [FILE...]\n" + Explanation;

    private const string Explanation = """
        Prints the checksum and the name of each FILE, or of the input.
          -c        the FILEs are such lists: check what they list
          -b, -t    a mark for "binary" or for "text" before the name; both read bytes
          -z        end lines with a NUL
          --tag     in the form of BSD
        With -c:
          --quiet   nothing for files that are as listed
          --status  nothing at all, but the exit status
          --strict  fail for lines that list nothing
          -w        a message for each such line

        """;

    private const int BufferSize = 65_536;

    public static int Crc(string[] arguments) => TextProgram.Run("cksum", RunCrc, arguments);

    public static int Md5Main(string[] arguments) => TextProgram.Run("md5sum", RunMd5, arguments);

    public static int Sha1Main(string[] arguments) => TextProgram.Run("sha1sum", RunSha1, arguments);

    public static int Sha256Main(string[] arguments) => TextProgram.Run("sha256sum", RunSha256, arguments);

    internal static int RunMd5(TextProgram program, string[] arguments) => Run(program, arguments, new ChecksumKind("MD5", static () => new Md5()));

    internal static int RunSha1(TextProgram program, string[] arguments) => Run(program, arguments, new ChecksumKind("SHA1", static () => new Sha1()));

    internal static int RunSha256(TextProgram program, string[] arguments) => Run(program, arguments, new ChecksumKind("SHA256", static () => new Sha256()));

    internal static int RunCrc(TextProgram program, string[] arguments)
    {
        OptionReader reader = new("", arguments);
        if (!reader.TryNext(out _) && reader.Error is { } error)
        {
            return program.Misused(error);
        }

        program.ForEach(reader.Operands, (file, stream) =>
        {
            PosixCrc crc = new();
            Read(stream, crc);
            long length = crc.Length;
            program.Output.Write($"{BinaryPrimitives.ReadUInt32BigEndian(crc.Finish())} {length}{(reader.Operands.Count == 0 ? "" : $" {file}")}\n");
        });
        return program.Status;
    }

    /// <summary>The checksum of a stream, in hexadecimal.</summary>
    internal static string Of(Stream stream, Digest digest)
    {
        Read(stream, digest);
        return Convert.ToHexStringLower(digest.Finish());
    }

    private static int Run(TextProgram program, string[] arguments, ChecksumKind kind)
    {
        ChecksumOptions options = new();
        OptionReader reader = new(
            $"bctwz{ChecksumOptions.Tag}{ChecksumOptions.Quiet}{ChecksumOptions.Silent}{ChecksumOptions.Strict}",
            arguments,
            ("binary", 'b'), ("check", 'c'), ("text", 't'), ("warn", 'w'), ("zero", 'z'), ("tag", ChecksumOptions.Tag), ("quiet", ChecksumOptions.Quiet),
            ("status", ChecksumOptions.Silent), ("strict", ChecksumOptions.Strict));
        while (reader.TryNext(out char option))
        {
            options.Take(option);
        }

        if (reader.Error is { } error)
        {
            return program.Misused(error);
        }

        if (options.Checks)
        {
            program.ForEach(reader.Operands, (file, stream) => new ChecksumList(program, kind, options, file).Check(stream));
        }
        else
        {
            program.ForEach(reader.Operands, (file, stream) => program.Output.Write(options.Format(kind, Of(stream, kind.Create()), file)));
        }

        return program.Status;
    }

    private static void Read(Stream stream, Digest digest)
    {
        byte[] buffer = new byte[BufferSize];
        int read = stream.Read(buffer);
        while (read > 0)
        {
            digest.Add(buffer.AsSpan(0, read));
            Thread.Sleep(0); // Ctrl-C strikes here
            read = stream.Read(buffer);
        }
    }
}
