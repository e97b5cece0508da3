namespace KernelSockets.UserApps.Commands;

/// <summary>fsck.minix: checks a minix file system on a disk and mends it, with util-linux's options, output and statuses.</summary>
internal sealed class FsckMinixCommand(ISystem system) : Command
{
    /// <summary>An operation failed (util-linux's FSCK_EX_ERROR).</summary>
    private const int ErrorStatus = 8;

    /// <summary>The command was called in a wrong way (FSCK_EX_USAGE).</summary>
    private const int WrongUseStatus = 16;

    /// <inheritdoc/>
    public override string Name => "fsck.minix";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "check and mend a minix file system";

    /// <inheritdoc/>
    public override string Help => """
        Usage: fsck.minix [-aflsv] DEVICE
        Checks the minix file system on DEVICE, which must not be mounted. One of version 1 or 2 that was unmounted is not checked without -f.
          -a  mend without asking
          -f  check in any case
          -l  list all names
          -s  show what the super block says
          -v  tell more
        Status: 0 nothing wrong, 3 mended, 4 something is still wrong, 7 both, 8 not checked, 16 wrong usage.
        There is no -r: nothing is asked.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        CheckOptions wanted = CheckOptions.None;
        var options = new OptionReader("aflsv", arguments, ("auto", 'a'), ("force", 'f'), ("list", 'l'), ("super", 's'), ("verbose", 'v'));
        while (options.TryNext(out char option))
        {
            wanted |= option switch
            {
                'a' => CheckOptions.Repair,
                'f' => CheckOptions.Force,
                'l' => CheckOptions.ListFiles,
                's' => CheckOptions.ShowSuperBlock,
                _ => CheckOptions.Verbose,
            };
        }

        if (options.Error is { } error || options.Operands.Count != 1)
        {
            Misused(options.Error ?? (options.Operands.Count == 0 ? "no device specified" : $"extra operand '{options.Operands[1]}'"));
            return WrongUseStatus;
        }

        return Check(options.Operands[0], wanted);
    }

    private int Check(string device, CheckOptions options)
    {
        Errno error = system.Volumes.Check(Path.GetFullPath(device), "minix", options, Console.Out.WriteLine, out CheckOutcome outcome);
        if (error == Errno.Success)
        {
            return outcome.ExitStatus;
        }

        string reason = error switch
        {
            Errno.EBUSY => "is mounted; check aborted.",
            Errno.EINVAL => "bad magic number in super-block",
            _ => error.Describe(),
        };
        Console.Error.WriteLine($"{Name}: {device}: {reason}");
        return ErrorStatus;
    }
}
