using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>mkfs.minix and fsck.minix: options, messages and statuses as util-linux's.</summary>
public sealed class MinixCommandTests
{
    private readonly FakeSystem _system = new();

    [Theory]
    [InlineData("mkfs.minix /dev/ata1", "format /dev/ata1 minix version=1,names=30")]
    [InlineData("mkfs.minix -1 -n 14 /dev/ata1", "format /dev/ata1 minix version=1,names=14")]
    [InlineData("mkfs.minix -2 /dev/ata1", "format /dev/ata1 minix version=2,names=30")]
    [InlineData("mkfs.minix -v -n14 /dev/ata1", "format /dev/ata1 minix version=2,names=14")]
    [InlineData("mkfs.minix -3 -i 100 /dev/ata1", "format /dev/ata1 minix version=3,names=60,inodes=100")]
    public void Mkfs_TellsTheFileSystemWhatItIsAsked(string command, string call)
    {
        _system.VolumeControl.Report = ["128 inodes", "400 blocks"];
        Assert.Equal("128 inodes\n400 blocks\n", _system.Run(command));
        Assert.Equal(0, _system.Shell.LastStatus);
        Assert.Equal([call, "check /dev/ata1 minix Force, ShowSuperBlock, Quiet"], _system.VolumeControl.Calls);
    }

    [Theory]
    [InlineData("mkfs.minix /dev/ata1", Errno.EBUSY, "mkfs.minix: /dev/ata1: is mounted; will not make a filesystem here!\n")]
    [InlineData("mkfs.minix /dev/ata1", Errno.ENOSPC, "mkfs.minix: /dev/ata1: the device does not have the size for such a file system\n")]
    [InlineData("mkfs.minix -3 -n 30 /dev/ata1", Errno.EINVAL, "mkfs.minix: /dev/ata1: no such version and length of names\n")]
    [InlineData("mkfs.minix /dev/none", Errno.ENOENT, "mkfs.minix: /dev/none: No such file or directory\n")]
    [InlineData("fsck.minix /etc/motd", Errno.ENOTBLK, "fsck.minix: /etc/motd: Block device required\n")]
    [InlineData("fsck.minix -a /dev/ata0", Errno.EBUSY, "fsck.minix: /dev/ata0: is mounted; check aborted.\n")]
    [InlineData("fsck.minix /dev/ata1", Errno.EINVAL, "fsck.minix: /dev/ata1: bad magic number in super-block\n")]
    [InlineData("fsck.minix /dev/ata1", Errno.EIO, "fsck.minix: /dev/ata1: Input/output error\n")]
    public void Failure_IsStatus8(string command, Errno error, string message)
    {
        _system.VolumeControl.Error = error;
        Assert.Equal(message, _system.Run(command));
        Assert.Equal(8, _system.Shell.LastStatus);
    }

    [Theory]
    [InlineData("fsck.minix /dev/ata1", "None", false, false, 0)]
    [InlineData("fsck.minix -f -s /dev/ata1", "Force, ShowSuperBlock", false, true, 4)]
    [InlineData("fsck.minix -a /dev/ata1", "Repair", true, false, 3)]
    [InlineData("fsck.minix -aflv /dev/ata1", "Repair, Force, ListFiles, Verbose", true, true, 7)]
    public void Fsck_EndsAsUtilLinuxs(string command, string options, bool isChanged, bool hasUncorrected, int status)
    {
        _system.VolumeControl.Report = ["what it says"];
        _system.VolumeControl.Outcome = new CheckOutcome(isChanged, hasUncorrected);
        Assert.Equal("what it says\n", _system.Run(command));
        Assert.Equal(status, _system.Shell.LastStatus);
        Assert.Equal([$"check /dev/ata1 minix {options}"], _system.VolumeControl.Calls);
    }

    [Theory]
    [InlineData("mkfs.minix", "mkfs.minix: no device specified\n")]
    [InlineData("mkfs.minix -3 /dev/a /dev/b", "mkfs.minix: extra operand '/dev/b'\n")]
    [InlineData("mkfs.minix -n 99 /dev/a", "mkfs.minix: invalid argument: '99': out of range: 1 <= value <= 60\n")]
    [InlineData("fsck.minix", "fsck.minix: no device specified\n")]
    [InlineData("fsck.minix -r /dev/a", "fsck.minix: invalid option -- 'r'\n")]
    public void WrongUse_IsStatus16(string command, string message)
    {
        Assert.StartsWith(message, _system.Run(command), StringComparison.Ordinal);
        Assert.Equal(16, _system.Shell.LastStatus);
        Assert.Empty(_system.VolumeControl.Calls);
    }
}
