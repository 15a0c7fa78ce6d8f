# The edition: what arrived since the last one, with an end.
edition-title = 今日刊
edition-of = { $weekday }刊
edition-sum = { $articles }，约 { $minutes }
edition-span = { $from }至{ $to }之间到达的内容
edition-moment = { $date } { $time }
edition-minutes = { $n } 分钟
edition-also = 另见 { $feeds }
edition-start = 开始阅读
edition-start-hint = 从头读到尾，或从任意处开始。
edition-book = EPUB
edition-book-title = 供电子阅读器使用的书
edition-settings = 何时与如何
edition-hour-label = 截止时刻
edition-pictures = 书中带上图片（文件更大，并会向图片所在网站请求）
edition-saved = 已保存。新时刻从下一期起生效
edition-other-feeds = 其他订阅源
edition-long = 最后的长文
edition-others =
    { $n ->
        [0] 今天的就是这些。没有其他未读文章。
       *[other] 今天的就是这些。另有 { $n } 篇未读，可以等等。
    }
edition-empty = 没有新到的文章。睡鼠继续睡。
edition-end = 今天的读完了。睡鼠睡了。
edition-next = 下一期在{ $when }。
edition-mark = 将这些标为已读
edition-back = 回到头版
edition-contents = 目录
edition-earlier = 往期
digest-title = 每周摘要
digest-tab = 一周
digest-span = { $from } 至 { $to }
digest-opened = 你打开了 { $feeds } 的 { $articles }，约 { $minutes } 的阅读，分布在 { $days } 天。
digest-more = 比前一周多 { $n } 篇。
digest-fewer = 比前一周少 { $n } 篇。
digest-same = 与前一周一样多。
digest-marked = 你逐一标记了 { $marked } 篇，批量清除了 { $cleared } 篇。
digest-feeds = 订阅
digest-authors = 作者
digest-starred = 加星
digest-longest = 最长的一篇
digest-end = 这一周就是这些。睡鼠睡了。
digest-empty = 这一周没有打开任何内容。睡鼠继续睡。
digest-earlier = 更早的周
edition-feed = 作为订阅源
edition-feed-title = 作为私人订阅源的今日刊，供其他阅读器使用
private-edition = Dormouse：你的今日刊
private-digest = Dormouse：你的一周
shared-private = 仅供你自己，作为私人订阅源
shared-private-hint = 供你自己的程序使用：拥有此地址的人都能读取。
